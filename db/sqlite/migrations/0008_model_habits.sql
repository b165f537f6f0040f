CREATE TABLE `model_habits` (
	`server` text NOT NULL,
	`model` text NOT NULL,
	`habits` text NOT NULL,
	`at` text NOT NULL,
	PRIMARY KEY(`server`, `model`)
);
--> statement-breakpoint
ALTER TABLE `digests` ADD `fallback` text;