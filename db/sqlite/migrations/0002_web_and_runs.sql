CREATE TABLE `runs` (
	`run_id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`channel` text NOT NULL,
	`started_at` text NOT NULL,
	`ended_at` text NOT NULL,
	`status` text NOT NULL,
	`date` text,
	`sent` integer NOT NULL,
	`reasons` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `runs_channel` ON `runs` (`channel`,`run_id`);--> statement-breakpoint
CREATE TABLE `web_messages` (
	`key` text PRIMARY KEY NOT NULL,
	`destination` text NOT NULL,
	`thread` text,
	`message` text NOT NULL,
	`sent_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `web_messages_place` ON `web_messages` (`destination`,`thread`);--> statement-breakpoint
UPDATE `deliveries` SET `destination` = 'web:' || (SELECT `channel` FROM `digests` WHERE `digests`.`digest_id` = `deliveries`.`digest_id`) WHERE `destination` = 'web';
