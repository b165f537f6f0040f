CREATE TABLE `signing_keys` (
	`purpose` text PRIMARY KEY NOT NULL,
	`key` text NOT NULL
);
--> statement-breakpoint
ALTER TABLE `calls` ADD `by_command` integer DEFAULT false NOT NULL;