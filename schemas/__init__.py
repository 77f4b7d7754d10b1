"""The wire shapes and the shape of a rulebook, in marshmallow; knows neither Flask nor SQL nor the service.

Every message of a validation error is a Fault: a stable code with the values that its sentence needs.
"""
