"""Two tenants who ask for anything at random, and the walls between them.

side      one of the two: who asks, how its texts are marked, and what it has been told of
drawing   a request to any route of the OpenAPI document, drawn by dice
bodies    what is sent to the routes that take something
walls     the service with one of its two walls taken out, or both
looking   what is found beyond a wall: in an answer, or in a table
"""
