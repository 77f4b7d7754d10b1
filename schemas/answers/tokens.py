"""What is told of tokens."""

from marshmallow import Schema, fields

from schemas.tokens import STATES


class TokenStored(Schema):
    """A token as it is stored: everything but the token."""

    id = fields.Integer(required=True)
    actor = fields.String(required=True)
    scopes = fields.List(fields.String(), required=True)
    sources = fields.List(fields.String(), required=True)
    under = fields.String(required=True, allow_none=True, metadata={"description": "sees only what is below it"})
    begins = fields.String(required=True, allow_none=True, metadata={"description": "what the token begins with"})
    issuer = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "the identity provider that vouches, for no token of ours"},
    )
    state = fields.String(required=True, metadata={"enum": list(STATES)})
    created_at = fields.String(required=True, metadata={"format": "date-time"})
    expires_at = fields.String(required=True, allow_none=True, metadata={"format": "date-time"})
    revoked_at = fields.String(required=True, allow_none=True, metadata={"format": "date-time"})
    last_used_at = fields.String(
        required=True, allow_none=True, metadata={"format": "date-time", "description": "to the minute or so"}
    )


class TokenGiven(TokenStored):
    """A new token: what is stored of it, and the token itself, which is told only now."""

    token = fields.String(required=True)


class TokenPage(Schema):
    """A page of tokens."""

    items = fields.List(fields.Nested(TokenStored), required=True)
    next = fields.String(required=True, allow_none=True)
