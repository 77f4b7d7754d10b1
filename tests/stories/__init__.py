"""Whole stories, over HTTP alone: what the people of a county live through over the years, with figures by hand."""
