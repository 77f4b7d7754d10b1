"""The OpenAPI document: what the routes declare, written down for those who write clients.

It is made from the shapes that check and the catalogue that refuses, so nothing is said twice. Knows neither Flask nor
the database: service.routes.contract brings what the routes say of themselves.
"""
