"""The commands of jifen, a module for each of their users; service/cli.py puts them together."""
