CREATE TABLE `changes` (
	`change_id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`at` text NOT NULL,
	`person` text NOT NULL,
	`channel` text,
	`action` text NOT NULL,
	`value` text NOT NULL,
	`undone_by` integer
);
--> statement-breakpoint
CREATE INDEX `changes_channel` ON `changes` (`channel`,`action`);--> statement-breakpoint
CREATE INDEX `changes_person` ON `changes` (`person`,`action`,`at`);--> statement-breakpoint
CREATE TABLE `saved_papers` (
	`person` text NOT NULL,
	`paper_id` text NOT NULL,
	`at` text NOT NULL,
	PRIMARY KEY(`person`, `paper_id`)
);
--> statement-breakpoint
CREATE TABLE `searched_papers` (
	`search_id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`paper_id` text NOT NULL,
	`version` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `searched_papers_paper_id_unique` ON `searched_papers` (`paper_id`);--> statement-breakpoint
CREATE VIRTUAL TABLE `papers_fts` USING fts5(title, abstract, authors, comments, content='', contentless_delete=1, tokenize='porter unicode61 remove_diacritics 2');
--> statement-breakpoint
INSERT INTO `searched_papers` (`paper_id`, `version`) SELECT `id`, max(`version`) FROM `papers` WHERE `id` NOT LIKE 'sample.%' GROUP BY `id` ORDER BY min(rowid);
--> statement-breakpoint
INSERT INTO `papers_fts` (rowid, title, abstract, authors, comments) SELECT s.`search_id`, p.`title`, p.`abstract`, p.`authors`, coalesce(p.`comments`, '') FROM `searched_papers` s JOIN `papers` p ON p.`id` = s.`paper_id` AND p.`version` = s.`version`;
