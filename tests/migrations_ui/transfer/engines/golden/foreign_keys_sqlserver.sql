SELECT t.name, f.name, HAS_PERMS_BY_NAME(QUOTENAME(SCHEMA_NAME()) + '.' + QUOTENAME(t.name),
    'OBJECT', 'ALTER'), CASE f.is_not_trusted WHEN 0 THEN 1 ELSE 0 END FROM sys.foreign_keys f JOIN
    sys.tables t ON t.object_id = f.parent_object_id WHERE t.schema_id = SCHEMA_ID(SCHEMA_NAME())
    AND f.is_disabled = 0

ALTER TABLE [Doc's] NOCHECK CONSTRAINT [up]

ALTER TABLE [Doc's] WITH CHECK CHECK CONSTRAINT [up]

ALTER TABLE [Doc's] WITH NOCHECK CHECK CONSTRAINT [up]

SELECT COUNT(*) FROM [Doc's] c WHERE c.[above] IS NOT NULL AND c.[part] IS NOT NULL AND NOT EXISTS
    (SELECT 1 FROM [Doc's] p WHERE p.[id] = c.[above] AND p.[part] = c.[part])
