"""Whole years of a county, told over HTTP as its people live them, with every figure computed by hand."""
