"""What is answered as a worker's file."""

from marshmallow import Schema, fields


class PersonalFile(Schema):
    """Everything that is kept about a worker."""

    subject = fields.String(required=True, metadata={"description": "worker/<id>"})
    taken_at = fields.AwareDateTime(required=True)
    watermark = fields.Integer(required=True, metadata={"description": "the last position that it holds"})
