CREATE TABLE `scoring_batches` (
	`key` text PRIMARY KEY NOT NULL,
	`server` text NOT NULL,
	`model` text NOT NULL,
	`rubric` text NOT NULL,
	`channel` text NOT NULL,
	`remote_id` text,
	`created_at` text NOT NULL,
	`requests` text NOT NULL,
	FOREIGN KEY (`rubric`) REFERENCES `rubrics`(`hash`) ON UPDATE no action ON DELETE no action
);
