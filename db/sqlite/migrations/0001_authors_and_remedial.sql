CREATE TABLE `author_candidates` (
	`name` text PRIMARY KEY NOT NULL,
	`candidates` text NOT NULL,
	`at` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `paper_authors` (
	`paper_id` text PRIMARY KEY NOT NULL,
	`authors` text,
	`at` text NOT NULL
);
--> statement-breakpoint
ALTER TABLE `announcements` ADD `approximate` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `calls` ADD `price` text;--> statement-breakpoint
CREATE INDEX `calls_rubric` ON `calls` (`rubric`,`date`);--> statement-breakpoint
ALTER TABLE `digest_entries` ADD `topic` text;--> statement-breakpoint
ALTER TABLE `digests` ADD `models` text;--> statement-breakpoint
ALTER TABLE `digests` ADD `author_check` text;--> statement-breakpoint
ALTER TABLE `digests` ADD `remedial` text;--> statement-breakpoint
ALTER TABLE `digests` ADD `group_by_topic` integer DEFAULT false NOT NULL;--> statement-breakpoint
UPDATE `digest_entries` SET `reason` = json_object('kind', 'author', 'matches', json_array(json_object('name', json_extract(`reason`, '$.name'), 'basis', 'name'))) WHERE json_extract(`reason`, '$.kind') = 'author';
