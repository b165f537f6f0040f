CREATE TABLE `health` (
	`subject` text PRIMARY KEY NOT NULL,
	`last_success` text,
	`last_failure` text,
	`reason` text,
	`fix` text,
	`failing_since` text,
	`announced_since` text
);
