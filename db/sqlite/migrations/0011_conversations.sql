CREATE TABLE `asked_questions` (
	`person` text NOT NULL,
	`destination` text NOT NULL,
	`thread` text NOT NULL,
	`paper_id` text NOT NULL,
	`question` text NOT NULL,
	`answer` text NOT NULL,
	`at` text NOT NULL,
	PRIMARY KEY(`person`, `destination`, `thread`)
);
--> statement-breakpoint
CREATE TABLE `shown_lists` (
	`person` text NOT NULL,
	`destination` text NOT NULL,
	`thread` text NOT NULL,
	`first` integer NOT NULL,
	`paper_ids` text NOT NULL,
	`at` text NOT NULL,
	PRIMARY KEY(`person`, `destination`)
);
