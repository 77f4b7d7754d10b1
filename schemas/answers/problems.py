"""Problem documents (RFC 9457): why a request was refused, and what is wrong with which part of it."""

from marshmallow import Schema, fields


class Found(Schema):
    """What is wrong with one part of a request."""

    pointer = fields.String(required=True, metadata={"description": "where: a JSON pointer (RFC 6901)"})
    code = fields.String(required=True, metadata={"description": "stable; the sentence may change"})
    detail = fields.String(required=True, metadata={"description": "for people, in the language that was asked for"})
    line = fields.Integer(metadata={"description": "of a text: where, from 1"})
    column = fields.Raw(
        metadata={
            "type": ["integer", "string"],
            "description": "of a text: the character, from 1; of a table: the letters of the column",
        }
    )
    level = fields.String(metadata={"enum": ["error", "warning", "will-be-error"], "description": "of a text"})
    suggestion = fields.String(allow_none=True, metadata={"description": "of a text: what may have been meant"})
    sheet = fields.String(metadata={"description": "of a table"})
    row = fields.Integer(metadata={"description": "of a table: from 1, the header included"})


class Problem(Schema):
    """Why a request was refused. Codes are only added to: one that a client doesn't know is judged by the status."""

    type = fields.String(required=True, metadata={"description": "urn:jifen:problem:<code>"})
    title = fields.String(required=True, metadata={"description": "for people, in the language that was asked for"})
    status = fields.Integer(required=True)
    code = fields.String(required=True, metadata={"description": "what a program asks for"})
    request_id = fields.String(required=True, metadata={"description": "by which the operator finds it"})
    errors = fields.List(fields.Nested(Found), metadata={"description": "every finding at once"})
    oldest = fields.String(metadata={"description": "of feed.expired: the cursor from which it is still told"})
    items = fields.List(
        fields.Dict(), metadata={"description": "what became of each part of a batch that was refused as a whole"}
    )
