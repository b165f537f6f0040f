CREATE TABLE `summaries` (
	`summary_id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`paper_id` text NOT NULL,
	`version` integer NOT NULL,
	`language` text NOT NULL,
	`model` text NOT NULL,
	`text` text NOT NULL,
	`created_at` text NOT NULL,
	FOREIGN KEY (`paper_id`,`version`) REFERENCES `papers`(`id`,`version`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `summaries_once` ON `summaries` (`paper_id`,`version`,`language`,`model`);--> statement-breakpoint
ALTER TABLE `digest_entries` ADD `summary_id` integer REFERENCES summaries(summary_id);