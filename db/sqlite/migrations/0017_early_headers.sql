CREATE TABLE `early_headers` (
	`key` text PRIMARY KEY NOT NULL,
	`destination` text NOT NULL,
	`message_id` text
);
