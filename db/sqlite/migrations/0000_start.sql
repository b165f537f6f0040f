CREATE TABLE `announced_papers` (
	`date` text NOT NULL,
	`category` text NOT NULL,
	`paper_id` text NOT NULL,
	`version` integer NOT NULL,
	`type` text NOT NULL,
	`position` integer NOT NULL,
	PRIMARY KEY(`date`, `category`, `paper_id`),
	FOREIGN KEY (`paper_id`,`version`) REFERENCES `papers`(`id`,`version`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`date`,`category`) REFERENCES `announcements`(`date`,`category`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `announced_papers_paper` ON `announced_papers` (`paper_id`);--> statement-breakpoint
CREATE TABLE `announcements` (
	`date` text NOT NULL,
	`category` text NOT NULL,
	PRIMARY KEY(`date`, `category`)
);
--> statement-breakpoint
CREATE TABLE `calls` (
	`call_id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`rubric` text NOT NULL,
	`channel` text NOT NULL,
	`date` text NOT NULL,
	`model` text NOT NULL,
	`at` text NOT NULL,
	`bound_usd` real NOT NULL,
	`settled` integer NOT NULL,
	`prompt_tokens` integer,
	`cached_tokens` integer,
	`completion_tokens` integer,
	`cost_usd` real,
	FOREIGN KEY (`rubric`) REFERENCES `rubrics`(`hash`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `calls_at` ON `calls` (`at`);--> statement-breakpoint
CREATE INDEX `calls_day` ON `calls` (`channel`,`date`);--> statement-breakpoint
CREATE TABLE `deliveries` (
	`delivery_id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`key` text NOT NULL,
	`digest_id` integer NOT NULL,
	`destination` text NOT NULL,
	`rank` integer NOT NULL,
	`paper_id` text,
	`status` text NOT NULL,
	`first_tried_at` integer,
	`sent_at` integer,
	`message_id` text,
	FOREIGN KEY (`digest_id`) REFERENCES `digests`(`digest_id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `deliveries_key_unique` ON `deliveries` (`key`);--> statement-breakpoint
CREATE UNIQUE INDEX `deliveries_place` ON `deliveries` (`digest_id`,`destination`,`rank`);--> statement-breakpoint
CREATE INDEX `deliveries_message` ON `deliveries` (`destination`,`message_id`);--> statement-breakpoint
CREATE TABLE `digest_entries` (
	`digest_id` integer NOT NULL,
	`role` text NOT NULL,
	`rank` integer NOT NULL,
	`channel` text NOT NULL,
	`paper_id` text NOT NULL,
	`version` integer NOT NULL,
	`score_id` integer NOT NULL,
	`reason` text NOT NULL,
	PRIMARY KEY(`digest_id`, `role`, `rank`),
	FOREIGN KEY (`digest_id`) REFERENCES `digests`(`digest_id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`score_id`) REFERENCES `scores`(`score_id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`paper_id`,`version`) REFERENCES `papers`(`id`,`version`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `digest_entries_once` ON `digest_entries` (`channel`,`paper_id`,`version`) WHERE "digest_entries"."role" = 'picked';--> statement-breakpoint
CREATE TABLE `digests` (
	`digest_id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`channel` text NOT NULL,
	`date` text NOT NULL,
	`sample` integer NOT NULL,
	`created_at` text NOT NULL,
	`announced` integer NOT NULL,
	`scanned` integer NOT NULL,
	`relevant` integer NOT NULL,
	`unscored` integer NOT NULL,
	`cutoff_relevance` integer NOT NULL,
	`cutoff_novelty` integer NOT NULL,
	`engines` text NOT NULL,
	`prompt_tokens` integer NOT NULL,
	`cached_tokens` integer NOT NULL,
	`completion_tokens` integer NOT NULL,
	`cost_usd` real,
	`rubric` text NOT NULL,
	`notices` text NOT NULL,
	FOREIGN KEY (`rubric`) REFERENCES `rubrics`(`hash`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `digests_day` ON `digests` (`channel`,`date`,`sample`);--> statement-breakpoint
CREATE TABLE `leases` (
	`name` text PRIMARY KEY NOT NULL,
	`owner` text NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `papers` (
	`id` text NOT NULL,
	`version` integer NOT NULL,
	`title` text NOT NULL,
	`authors` text NOT NULL,
	`abstract` text NOT NULL,
	`categories` text NOT NULL,
	`comments` text,
	`doi` text,
	`journal_reference` text,
	`license` text,
	PRIMARY KEY(`id`, `version`)
);
--> statement-breakpoint
CREATE TABLE `reactions` (
	`destination` text NOT NULL,
	`message_id` text NOT NULL,
	`person` text NOT NULL,
	`emoji` text NOT NULL,
	`at` text NOT NULL,
	PRIMARY KEY(`destination`, `message_id`, `person`, `emoji`)
);
--> statement-breakpoint
CREATE TABLE `rubrics` (
	`hash` text PRIMARY KEY NOT NULL,
	`template` text NOT NULL,
	`topics` text NOT NULL,
	`criteria` text NOT NULL,
	`language` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `scores` (
	`score_id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`paper_id` text NOT NULL,
	`version` integer NOT NULL,
	`rubric` text NOT NULL,
	`engine` text NOT NULL,
	`model` text NOT NULL,
	`attempt` integer NOT NULL,
	`relevance` integer NOT NULL,
	`novelty` integer NOT NULL,
	`comment` text NOT NULL,
	`created_at` text NOT NULL,
	FOREIGN KEY (`rubric`) REFERENCES `rubrics`(`hash`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`paper_id`,`version`) REFERENCES `papers`(`id`,`version`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `scores_attempt` ON `scores` (`paper_id`,`version`,`rubric`,`engine`,`model`,`attempt`);