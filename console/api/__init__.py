"""What all endpoints share: problem details, paging, filters, idempotency, ETags (docs/api.md)."""
