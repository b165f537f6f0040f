-- The sample is a channel of its own now, no digest with a mark in the example's channel.
UPDATE `digest_entries` SET `channel` = 'sample' WHERE `digest_id` IN (SELECT `digest_id` FROM `digests` WHERE `sample`);--> statement-breakpoint
UPDATE `digests` SET `channel` = 'sample', `notices` = json_insert(`notices`, '$[#]', 'Every paper here is invented. arXiv cannot be reached, so this sample shows what a digest looks like. The first real digest follows when arXiv answers.') WHERE `sample`;
