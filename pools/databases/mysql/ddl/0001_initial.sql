CREATE TABLE `schema_level` (
  `level` varchar(64) NOT NULL PRIMARY KEY,
  `operations_done` integer NOT NULL,
  `operations_total` integer NOT NULL
);
CREATE TABLE `attachments` (
  `username` varchar(254) NOT NULL,
  `doc_id` varchar(64) NOT NULL,
  `part` smallint NOT NULL,
  `file_name` varchar(254) NOT NULL,
  `content_type` varchar(128) NULL,
  `size_bytes` bigint NOT NULL,
  `content` longblob NULL,
  `stored` datetime(6) NOT NULL,
  PRIMARY KEY (`username`, `doc_id`, `part`)
);
CREATE TABLE `devices` (
  `username` varchar(254) NOT NULL,
  `device_id` varchar(64) NOT NULL,
  `device_provider` varchar(254) NOT NULL,
  `device_type` varchar(254) NOT NULL,
  `device_level` varchar(64) NULL,
  `notification_type` smallint NOT NULL,
  `access_status` smallint NOT NULL,
  `approval_policy` smallint NOT NULL,
  `approval_date` datetime(6) NULL,
  `approver_ids` varchar(512) NULL,
  `policy_compliance` smallint NOT NULL,
  `requested_wipe_options` integer NOT NULL,
  `wipe_request_status` smallint NOT NULL,
  `wipe_types_supported` integer NOT NULL,
  `wipe_action_date` datetime(6) NULL,
  `sms_address` varchar(64) NULL,
  `sync_anchor` bigint NOT NULL,
  `last_sync_time` datetime(6) NULL,
  `registered` datetime(6) NOT NULL,
  PRIMARY KEY (`username`, `device_id`)
);
CREATE TABLE `folder_state` (
  `username` varchar(254) NOT NULL,
  `device_id` varchar(64) NOT NULL,
  `folder_id` varchar(64) NOT NULL,
  `folder_name` varchar(254) NOT NULL,
  `sync_key` bigint NOT NULL,
  `filter_days` smallint NULL,
  `last_sync_time` datetime(6) NULL,
  PRIMARY KEY (`username`, `device_id`, `folder_id`)
);
CREATE TABLE `servers` (
  `domino_name` varchar(254) NOT NULL PRIMARY KEY,
  `server_id` varchar(64) NOT NULL,
  `host_name` varchar(254) NOT NULL,
  `ip_address` varchar(64) NOT NULL,
  `task_port` integer NOT NULL,
  `servlet_port` integer NOT NULL,
  `heart_beat` datetime(6) NULL,
  `availability_index` smallint NOT NULL,
  `number_of_users` integer NOT NULL,
  `running` smallint NOT NULL,
  `version` varchar(64) NOT NULL,
  `build` varchar(64) NULL,
  `started` datetime(6) NULL
);
CREATE TABLE `sec_records` (
  `username` varchar(254) NOT NULL,
  `device_id` varchar(64) NOT NULL,
  `action` smallint NOT NULL,
  `status` smallint NOT NULL,
  `requested_by` varchar(254) NULL,
  `requested_on` datetime(6) NOT NULL,
  `remark` varchar(512) NULL,
  PRIMARY KEY (`username`, `device_id`)
);
CREATE TABLE `settings` (
  `owner` varchar(254) NOT NULL,
  `name` varchar(128) NOT NULL,
  `content` longtext NULL,
  `changed` datetime(6) NOT NULL,
  PRIMARY KEY (`owner`, `name`)
);
CREATE TABLE `users` (
  `username` varchar(254) NOT NULL PRIMARY KEY,
  `internet_address` varchar(254) NOT NULL,
  `mail_server` varchar(254) NOT NULL,
  `mail_file` varchar(254) NOT NULL,
  `display_name` varchar(254) NULL,
  `master_server` varchar(254) NULL,
  `master_since` datetime(6) NULL,
  `bound_server` varchar(254) NULL,
  `last_connect` datetime(6) NULL,
  `registered` datetime(6) NOT NULL
);
CREATE TABLE `doc_state` (
  `username` varchar(254) NOT NULL,
  `device_id` varchar(64) NOT NULL,
  `doc_id` varchar(64) NOT NULL,
  `folder_id` varchar(64) NOT NULL,
  `subject` varchar(254) NULL,
  `doc_type` smallint NOT NULL,
  `revision` integer NOT NULL,
  `size_bytes` bigint NOT NULL,
  `content_digest` longblob NULL,
  `modified` datetime(6) NOT NULL,
  PRIMARY KEY (`username`, `device_id`, `doc_id`)
);
CREATE INDEX `doc_state_folder` ON `doc_state` (`folder_id`);
INSERT INTO `schema_level` (level, operations_done, operations_total) VALUES ('0001_initial', 10, 10);
