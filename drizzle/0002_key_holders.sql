CREATE TABLE "key_holders" (
	"name" text PRIMARY KEY NOT NULL,
	"newest" integer NOT NULL,
	"seen_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "vault_keys" ADD COLUMN "active_at" timestamp with time zone;--> statement-breakpoint
-- The keys that were noted so far all encrypt.
UPDATE "vault_keys" SET "active_at" = "created_at";
