CREATE TABLE `link_codes` (
	`person` text PRIMARY KEY NOT NULL,
	`code` text NOT NULL,
	`at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `link_codes_code_unique` ON `link_codes` (`code`);--> statement-breakpoint
CREATE TABLE `links` (
	`person` text PRIMARY KEY NOT NULL,
	`link_id` text NOT NULL,
	`at` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `links_link` ON `links` (`link_id`);