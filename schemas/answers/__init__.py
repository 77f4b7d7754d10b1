"""What routes answer, as shapes for the documentation: every key of the JSON. Nothing is written by them."""
