CREATE TYPE "public"."parent_gone" AS ENUM('ask', 'last-living');--> statement-breakpoint
CREATE TYPE "public"."post_intent" AS ENUM('publish', 'undo');--> statement-breakpoint
ALTER TYPE "public"."attempt_kind" ADD VALUE 'delete';--> statement-breakpoint
CREATE TABLE "key_holders" (
	"name" text PRIMARY KEY NOT NULL,
	"newest" integer NOT NULL,
	"seen_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "lane_post" text;--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "lane_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "posts" ADD COLUMN "intent" "post_intent" DEFAULT 'publish' NOT NULL;--> statement-breakpoint
ALTER TABLE "posts" ADD COLUMN "parent_gone" "parent_gone" DEFAULT 'ask' NOT NULL;--> statement-breakpoint
ALTER TABLE "tweets" ADD COLUMN "starts_thread" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "vault_keys" ADD COLUMN "active_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "posts_unconfirmed" ON "posts" USING btree ("updated_at") WHERE "posts"."status" = 'failed' and "posts"."sub_status" = 'unconfirmed';--> statement-breakpoint
CREATE INDEX "posts_drafts" ON "posts" USING btree ("updated_at") WHERE "posts"."status" = 'draft';--> statement-breakpoint
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_lane_whole" CHECK (("accounts"."lane_post" is null) = ("accounts"."lane_until" is null));--> statement-breakpoint
-- The keys that were noted so far all encrypt.
UPDATE "vault_keys" SET "active_at" = "created_at";
