CREATE TABLE [schema_level] (
  [level] nvarchar(64) NOT NULL PRIMARY KEY,
  [operations_done] int NOT NULL,
  [operations_total] int NOT NULL
);
CREATE TABLE [attachments] (
  [username] nvarchar(254) NOT NULL,
  [doc_id] nvarchar(64) NOT NULL,
  [part] smallint NOT NULL,
  [file_name] nvarchar(254) NOT NULL,
  [content_type] nvarchar(128) NULL,
  [size_bytes] bigint NOT NULL,
  [content] varbinary(max) NULL,
  [stored] datetimeoffset NOT NULL,
  PRIMARY KEY ([username], [doc_id], [part])
);
CREATE TABLE [devices] (
  [username] nvarchar(254) NOT NULL,
  [device_id] nvarchar(64) NOT NULL,
  [device_provider] nvarchar(254) NOT NULL,
  [device_type] nvarchar(254) NOT NULL,
  [device_level] nvarchar(64) NULL,
  [notification_type] smallint NOT NULL,
  [access_status] smallint NOT NULL,
  [approval_policy] smallint NOT NULL,
  [approval_date] datetimeoffset NULL,
  [approver_ids] nvarchar(512) NULL,
  [policy_compliance] smallint NOT NULL,
  [requested_wipe_options] int NOT NULL,
  [wipe_request_status] smallint NOT NULL,
  [wipe_types_supported] int NOT NULL,
  [wipe_action_date] datetimeoffset NULL,
  [sms_address] nvarchar(64) NULL,
  [sync_anchor] bigint NOT NULL,
  [last_sync_time] datetimeoffset NULL,
  [registered] datetimeoffset NOT NULL,
  PRIMARY KEY ([username], [device_id])
);
CREATE TABLE [folder_state] (
  [username] nvarchar(254) NOT NULL,
  [device_id] nvarchar(64) NOT NULL,
  [folder_id] nvarchar(64) NOT NULL,
  [folder_name] nvarchar(254) NOT NULL,
  [sync_key] bigint NOT NULL,
  [filter_days] smallint NULL,
  [last_sync_time] datetimeoffset NULL,
  PRIMARY KEY ([username], [device_id], [folder_id])
);
CREATE TABLE [servers] (
  [domino_name] nvarchar(254) NOT NULL PRIMARY KEY,
  [server_id] nvarchar(64) NOT NULL,
  [host_name] nvarchar(254) NOT NULL,
  [ip_address] nvarchar(64) NOT NULL,
  [task_port] int NOT NULL,
  [servlet_port] int NOT NULL,
  [heart_beat] datetimeoffset NULL,
  [availability_index] smallint NOT NULL,
  [number_of_users] int NOT NULL,
  [running] smallint NOT NULL,
  [version] nvarchar(64) NOT NULL,
  [build] nvarchar(64) NULL,
  [started] datetimeoffset NULL
);
CREATE TABLE [sec_records] (
  [username] nvarchar(254) NOT NULL,
  [device_id] nvarchar(64) NOT NULL,
  [action] smallint NOT NULL,
  [status] smallint NOT NULL,
  [requested_by] nvarchar(254) NULL,
  [requested_on] datetimeoffset NOT NULL,
  [remark] nvarchar(512) NULL,
  PRIMARY KEY ([username], [device_id])
);
CREATE TABLE [settings] (
  [owner] nvarchar(254) NOT NULL,
  [name] nvarchar(128) NOT NULL,
  [content] nvarchar(max) NULL,
  [changed] datetimeoffset NOT NULL,
  PRIMARY KEY ([owner], [name])
);
CREATE TABLE [users] (
  [username] nvarchar(254) NOT NULL PRIMARY KEY,
  [internet_address] nvarchar(254) NOT NULL,
  [mail_server] nvarchar(254) NOT NULL,
  [mail_file] nvarchar(254) NOT NULL,
  [display_name] nvarchar(254) NULL,
  [master_server] nvarchar(254) NULL,
  [master_since] datetimeoffset NULL,
  [bound_server] nvarchar(254) NULL,
  [last_connect] datetimeoffset NULL,
  [registered] datetimeoffset NOT NULL
);
CREATE TABLE [doc_state] (
  [username] nvarchar(254) NOT NULL,
  [device_id] nvarchar(64) NOT NULL,
  [doc_id] nvarchar(64) NOT NULL,
  [folder_id] nvarchar(64) NOT NULL,
  [subject] nvarchar(254) NULL,
  [doc_type] smallint NOT NULL,
  [revision] int NOT NULL,
  [size_bytes] bigint NOT NULL,
  [content_digest] varbinary(20) NULL,
  [modified] datetimeoffset NOT NULL,
  PRIMARY KEY ([username], [device_id], [doc_id])
);
CREATE INDEX [doc_state_folder] ON [doc_state] ([folder_id]);
INSERT INTO [schema_level] (level, operations_done, operations_total) VALUES ('0001_initial', 10, 10);
