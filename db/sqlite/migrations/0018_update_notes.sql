CREATE TABLE `update_notes` (
	`note` text PRIMARY KEY NOT NULL,
	`sent_at` text
);
