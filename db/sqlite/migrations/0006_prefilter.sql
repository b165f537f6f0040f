CREATE TABLE `unlikely_papers` (
	`digest_id` integer NOT NULL,
	`paper_id` text NOT NULL,
	`version` integer NOT NULL,
	`place` integer NOT NULL,
	`is_sampled` integer NOT NULL,
	PRIMARY KEY(`digest_id`, `paper_id`),
	FOREIGN KEY (`digest_id`) REFERENCES `digests`(`digest_id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`paper_id`,`version`) REFERENCES `papers`(`id`,`version`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
ALTER TABLE `digests` ADD `prefilter` text;