PRAGMA foreign_keys=OFF;--> statement-breakpoint
CREATE TABLE `__new_scores` (
	`score_id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`paper_id` text NOT NULL,
	`version` integer NOT NULL,
	`rubric` text NOT NULL,
	`engine` text NOT NULL,
	`model` text NOT NULL,
	`attempt` integer NOT NULL,
	`relevance` integer,
	`novelty` integer,
	`position` integer,
	`of` integer,
	`match` real,
	`comment` text NOT NULL,
	`created_at` text NOT NULL,
	FOREIGN KEY (`rubric`) REFERENCES `rubrics`(`hash`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`paper_id`,`version`) REFERENCES `papers`(`id`,`version`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
-- The built-in scorer had scores from 1 to 10 and a rank, its share of worse papers of the day; the oldest have only the
-- scores. Now it has a position among the day's candidates, counted in the digest, and the match is a percentage.
WITH `built_in` AS (
	SELECT *,
		(SELECT min(`date`) FROM `announced_papers` WHERE `paper_id` = `scores`.`paper_id` AND `version` = `scores`.`version`) AS `day`,
		(SELECT max(`scanned`) FROM `announced_papers` INNER JOIN `digests` USING (`date`)
			WHERE `paper_id` = `scores`.`paper_id` AND `version` = `scores`.`version` AND `digests`.`rubric` = `scores`.`rubric`) AS `scanned`
	FROM `scores` WHERE `engine` = 'local'
), `counted` AS (
	SELECT *, count(*) OVER `same_day` AS `scored`,
		row_number() OVER (`same_day` ORDER BY `rank` DESC, `relevance` + `novelty` DESC, `relevance` DESC, `score_id`) AS `place`
	FROM `built_in` WINDOW `same_day` AS (PARTITION BY `rubric`, `model`, `attempt`, `day`)
), `sized` AS (
	SELECT *, CASE WHEN `rank` IS NULL THEN `scored` ELSE max(`scored`, coalesce(`scanned`, 0)) END AS `of` FROM `counted`
), `standings` AS (
	SELECT `score_id`, `of`,
		CASE WHEN `rank` IS NULL THEN `place` ELSE max(1, CAST(round(`of` * (1 - `rank`)) AS integer)) END AS `position` FROM `sized`
)
INSERT INTO `__new_scores`("score_id", "paper_id", "version", "rubric", "engine", "model", "attempt", "relevance", "novelty", "position", "of", "match", "comment", "created_at")
SELECT `scores`.`score_id`, `paper_id`, `version`, `rubric`, `engine`, `model`, `attempt`, `relevance`, `novelty`, `position`, `of`,
	CASE WHEN `engine` = 'local' THEN min(99.9, round(100 * (1 - (`position` - 0.5) / `of`), 2)) END, `comment`, `created_at`
FROM `scores` LEFT JOIN `standings` USING (`score_id`);--> statement-breakpoint
DROP TABLE `scores`;--> statement-breakpoint
ALTER TABLE `__new_scores` RENAME TO `scores`;--> statement-breakpoint
PRAGMA foreign_keys=ON;--> statement-breakpoint
CREATE UNIQUE INDEX `scores_attempt` ON `scores` (`paper_id`,`version`,`rubric`,`engine`,`model`,`attempt`);--> statement-breakpoint
ALTER TABLE `digests` ADD `match_limits` text;