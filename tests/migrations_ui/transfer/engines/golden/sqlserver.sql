DELETE FROM [lg_staged_135e2272def2]

INSERT INTO [Doc's] ([user_id], [part], [tag], [note]) SELECT [user_id], [part], [tag], [note]
    FROM [lg_staged_135e2272def2]

INSERT INTO [lg_staged_135e2272def2] ([user_id], [part], [tag], [note]) VALUES (%s, %s, %s, %s)

SELECT s.[user_id], s.[part] FROM [lg_staged_135e2272def2] s WHERE EXISTS (SELECT 1 FROM [Doc's]
    t WHERE t.[user_id] = s.[user_id] AND t.[part] = s.[part])

DELETE FROM [lg_staged_135e2272def2] WHERE lg_row IN (SELECT s.lg_row FROM
    [lg_staged_135e2272def2] s WHERE EXISTS (SELECT 1 FROM [Doc's] t WHERE t.[user_id] = s.[user_id]
    AND t.[part] = s.[part]))

SELECT s.[user_id], s.[part] FROM [lg_staged_135e2272def2] s WHERE EXISTS (SELECT 1 FROM [Doc's]
    t WHERE (t.[tag] = s.[tag] OR t.[tag] IS NULL AND s.[tag] IS NULL))

DELETE FROM [lg_staged_135e2272def2] WHERE lg_row IN (SELECT s.lg_row FROM
    [lg_staged_135e2272def2] s WHERE EXISTS (SELECT 1 FROM [Doc's] t WHERE (t.[tag] = s.[tag] OR
    t.[tag] IS NULL AND s.[tag] IS NULL)))

SELECT s.[user_id], s.[part] FROM [lg_staged_135e2272def2] s WHERE EXISTS (SELECT 1 FROM
    [lg_staged_135e2272def2] t WHERE t.lg_row < s.lg_row AND t.[user_id] = s.[user_id] AND t.[part]
    = s.[part])

DELETE FROM [lg_staged_135e2272def2] WHERE lg_row IN (SELECT s.lg_row FROM
    [lg_staged_135e2272def2] s WHERE EXISTS (SELECT 1 FROM [lg_staged_135e2272def2] t WHERE t.lg_row
    < s.lg_row AND t.[user_id] = s.[user_id] AND t.[part] = s.[part]))

DELETE FROM [Doc's] WHERE EXISTS (SELECT 1 FROM [lg_source_rows_135e2272def2] s WHERE
    [Doc's].[user_id] = s.[user_id] AND CONVERT(varbinary(max), [Doc's].[user_id]) =
    CONVERT(varbinary(max), s.[user_id]) AND DATALENGTH([Doc's].[user_id]) = DATALENGTH(s.[user_id])
    AND [Doc's].[part] = s.[part])

DELETE FROM [lg_source_rows_135e2272def2] WHERE EXISTS (SELECT 1 FROM [lg_kept_out_135e2272def2]
    s WHERE [lg_source_rows_135e2272def2].[user_id] = s.[user_id] AND CONVERT(varbinary(max),
    [lg_source_rows_135e2272def2].[user_id]) = CONVERT(varbinary(max), s.[user_id]) AND
    DATALENGTH([lg_source_rows_135e2272def2].[user_id]) = DATALENGTH(s.[user_id]) AND
    [lg_source_rows_135e2272def2].[part] = s.[part])

SELECT s.[user_id], s.[part] FROM [lg_source_rows_135e2272def2] s WHERE NOT EXISTS (SELECT 1
    FROM [lg_target_rows_135e2272def2] t WHERE t.[user_id] = s.[user_id] AND CONVERT(varbinary(max),
    t.[user_id]) = CONVERT(varbinary(max), s.[user_id]) AND DATALENGTH(t.[user_id]) =
    DATALENGTH(s.[user_id]) AND t.[part] = s.[part])

SELECT s.lg_row, s.[user_id], s.[part], s.[tag], s.[note], t.[user_id], t.[part], t.[tag],
    t.[note] FROM [lg_source_rows_135e2272def2] s JOIN [lg_target_rows_135e2272def2] t ON
    t.[user_id] = s.[user_id] AND CONVERT(varbinary(max), t.[user_id]) = CONVERT(varbinary(max),
    s.[user_id]) AND DATALENGTH(t.[user_id]) = DATALENGTH(s.[user_id]) AND t.[part] = s.[part]

DELETE FROM [lg_source_rows_135e2272def2] WHERE lg_row IN (1, 2, 3)

SELECT [user_id], [part], [tag], [note] FROM [Doc's]

SELECT * INTO [lg_staged_135e2272def2] FROM (SELECT [user_id], [part], [tag], [note] FROM
    [Doc's] WHERE 1 = 0 UNION ALL SELECT [user_id], [part], [tag], [note] FROM [Doc's] WHERE 1 = 0)
    x

ALTER TABLE [lg_staged_135e2272def2] ADD lg_row bigint IDENTITY(1, 1) NOT NULL

WITH t AS (SELECT CONVERT(varbinary(max), [note]) AS c0, [tag] AS c1, [size] AS c2, ROW_NUMBER()
    OVER (PARTITION BY CONVERT(varbinary(max), [note]), [tag], [size] ORDER BY (SELECT 0)) AS n FROM
    [plain]) DELETE FROM t WHERE EXISTS (SELECT 1 FROM (SELECT CONVERT(varbinary(max), [note]) AS
    c0, [tag] AS c1, [size] AS c2, ROW_NUMBER() OVER (PARTITION BY CONVERT(varbinary(max), [note]),
    [tag], [size] ORDER BY (SELECT 0)) AS n FROM [lg_source_rows_5f6c67e95bfd]) s WHERE s.n = t.n
    AND (s.c0 = t.c0 AND DATALENGTH(s.c0) = DATALENGTH(t.c0) OR s.c0 IS NULL AND t.c0 IS NULL) AND
    (s.c1 = t.c1 AND DATALENGTH(s.c1) = DATALENGTH(t.c1) OR s.c1 IS NULL AND t.c1 IS NULL) AND (s.c2
    = t.c2 AND DATALENGTH(s.c2) = DATALENGTH(t.c2) OR s.c2 IS NULL AND t.c2 IS NULL))

SET IDENTITY_INSERT [Doc's] ON

SELECT DISTINCT t.name, p.name FROM sys.foreign_keys f JOIN sys.tables t ON t.object_id =
    f.parent_object_id JOIN sys.tables p ON p.object_id = f.referenced_object_id WHERE t.schema_id =
    SCHEMA_ID(SCHEMA_NAME()) AND p.schema_id = t.schema_id AND f.is_disabled = 0 ORDER BY t.name,
    p.name

SELECT f.name, t.name, p.name, c.name, r.name FROM sys.foreign_keys f JOIN sys.foreign_key_columns k
    ON k.constraint_object_id = f.object_id JOIN sys.tables t ON t.object_id = f.parent_object_id
    JOIN sys.tables p ON p.object_id = f.referenced_object_id JOIN sys.columns c ON c.object_id =
    t.object_id AND c.column_id = k.parent_column_id JOIN sys.columns r ON r.object_id = p.object_id
    AND r.column_id = k.referenced_column_id WHERE t.schema_id = SCHEMA_ID(SCHEMA_NAME()) AND
    p.schema_id = t.schema_id AND f.is_disabled = 0 ORDER BY t.name, f.name, k.constraint_column_id
