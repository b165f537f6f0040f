ALTER TABLE `announcements` ADD `pruned` integer DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX `digest_entries_paper` ON `digest_entries` (`paper_id`,`version`);--> statement-breakpoint
CREATE INDEX `digest_entries_score` ON `digest_entries` (`score_id`);--> statement-breakpoint
CREATE INDEX `digest_entries_summary` ON `digest_entries` (`summary_id`);--> statement-breakpoint
CREATE INDEX `unlikely_papers_paper` ON `unlikely_papers` (`paper_id`);