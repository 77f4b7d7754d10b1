-- Of a batch, every row is held against its tenant. Asked for in a query of its own, that tenant is looked up once for
-- all of them, and not once a row, which cost a twentieth of what a row of an event costs.
ALTER POLICY tenant_only ON event WITH CHECK (tenant_id = (SELECT current_setting('jifen.tenant_id')::integer));
