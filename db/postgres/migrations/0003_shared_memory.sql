-- Values may be lost when Postgres crashes.
CREATE UNLOGGED TABLE "shared_memory" (
	"kind" text COLLATE "C" NOT NULL,
	"key" text COLLATE "C" NOT NULL,
	"value" jsonb NOT NULL,
	"expires_at" bigint NOT NULL,
	CONSTRAINT "shared_memory_kind_key_pk" PRIMARY KEY("kind","key")
);
--> statement-breakpoint
CREATE INDEX "shared_memory_expiry" ON "shared_memory" USING btree ("expires_at");