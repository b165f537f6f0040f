CREATE TABLE `read_papers` (
	`person` text NOT NULL,
	`paper_id` text NOT NULL,
	`at` text NOT NULL,
	PRIMARY KEY(`person`, `paper_id`)
);
