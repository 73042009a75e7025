CREATE TYPE "public"."attempt_kind" AS ENUM('tweet', 'media', 'alt_text');--> statement-breakpoint
CREATE TYPE "public"."attempt_outcome" AS ENUM('open', 'ambiguous', 'sent', 'adopted', 'refused', 'absent', 'not_sent');--> statement-breakpoint
CREATE TYPE "public"."engine_name" AS ENUM('local', 'trigger');--> statement-breakpoint
CREATE TYPE "public"."late_policy" AS ENUM('ask', 'publish');--> statement-breakpoint
CREATE TYPE "public"."post_status" AS ENUM('draft', 'scheduled', 'publishing', 'published', 'failed');--> statement-breakpoint
CREATE TYPE "public"."post_sub_status" AS ENUM('retry_1', 'retry_2', 'retry_3', 'rate_limited', 'media_uploading', 'media_uploaded', 'thread_partial', 'unconfirmed', 'needs_reauth', 'out_of_credits', 'missed');--> statement-breakpoint
CREATE TYPE "public"."tweet_state" AS ENUM('unsent', 'sent', 'deleted');--> statement-breakpoint
CREATE TABLE "accounts" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"x_user_id" text NOT NULL,
	"username" text NOT NULL,
	"name" text NOT NULL,
	"subscription_type" text,
	"is_default" boolean DEFAULT false NOT NULL,
	"held_until" timestamp with time zone,
	"hold_code" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "attempts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"post_id" text NOT NULL,
	"tweet_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"kind" "attempt_kind" NOT NULL,
	"outcome" "attempt_outcome" DEFAULT 'open' NOT NULL,
	"lease_token" uuid NOT NULL,
	"reply_to" text,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone,
	"http_status" integer,
	"code" text,
	"detail" text,
	"x_id" text,
	"looks" integer DEFAULT 0 NOT NULL,
	"unreadable" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "attempts_open_unfinished" CHECK (("attempts"."outcome" = 'open') = ("attempts"."finished_at" is null)),
	CONSTRAINT "attempts_success_has_id" CHECK ("attempts"."kind" <> 'tweet' or ("attempts"."outcome" in ('sent', 'adopted')) = ("attempts"."x_id" is not null))
);
--> statement-breakpoint
CREATE TABLE "events" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"post_id" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"kind" text NOT NULL,
	"detail" jsonb DEFAULT '{}'::jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "media" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"tweet_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"file_name" text NOT NULL,
	"mime" text NOT NULL,
	"width" integer NOT NULL,
	"height" integer NOT NULL,
	"size" integer NOT NULL,
	"sha256" text NOT NULL,
	"alt" text DEFAULT '' NOT NULL,
	"x_media_id" text,
	"x_media_expires_at" timestamp with time zone,
	"alt_set" boolean DEFAULT false NOT NULL,
	CONSTRAINT "media_position" CHECK ("media"."position" between 1 and 4),
	CONSTRAINT "media_upload_whole" CHECK (("media"."x_media_id" is null) = ("media"."x_media_expires_at" is null))
);
--> statement-breakpoint
CREATE TABLE "media_chunks" (
	"media_id" uuid NOT NULL,
	"index" integer NOT NULL,
	"bytes" "bytea" NOT NULL,
	CONSTRAINT "media_chunks_media_id_index_pk" PRIMARY KEY("media_id","index")
);
--> statement-breakpoint
CREATE TABLE "oauth_tokens" (
	"account_id" uuid PRIMARY KEY NOT NULL,
	"access_token" text NOT NULL,
	"refresh_token" text NOT NULL,
	"version" integer NOT NULL,
	"scopes" text[] NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"refreshed_at" timestamp with time zone DEFAULT now() NOT NULL,
	"refresh_lease" uuid,
	"refresh_lease_until" timestamp with time zone,
	"dead_code" text,
	"dead_since" timestamp with time zone,
	"last_failure" text,
	CONSTRAINT "oauth_tokens_version_positive" CHECK ("oauth_tokens"."version" > 0),
	CONSTRAINT "oauth_tokens_dead_has_since" CHECK (("oauth_tokens"."dead_code" is null) = ("oauth_tokens"."dead_since" is null)),
	CONSTRAINT "oauth_tokens_lease_whole" CHECK (("oauth_tokens"."refresh_lease" is null) = ("oauth_tokens"."refresh_lease_until" is null))
);
--> statement-breakpoint
CREATE TABLE "pending_sign_ins" (
	"id" uuid PRIMARY KEY NOT NULL,
	"secrets" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "posts" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" uuid,
	"status" "post_status" DEFAULT 'draft' NOT NULL,
	"sub_status" "post_sub_status",
	"scheduled_at" timestamp with time zone,
	"zone" text,
	"wall_time" text,
	"revision" integer DEFAULT 1 NOT NULL,
	"alarm" integer DEFAULT 0 NOT NULL,
	"alarm_at" timestamp with time zone,
	"engine" "engine_name",
	"run_id" text,
	"approved_seal" text,
	"approved_at" timestamp with time zone,
	"late_policy" "late_policy" DEFAULT 'ask' NOT NULL,
	"not_after" timestamp with time zone,
	"lease_token" uuid,
	"lease_until" timestamp with time zone,
	"stop_requested" boolean DEFAULT false NOT NULL,
	"numbered" boolean DEFAULT false NOT NULL,
	"failure" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"published_at" timestamp with time zone,
	CONSTRAINT "posts_id_shape" CHECK ("posts"."id" ~ '^p[0-9a-hjkmnp-tv-z]{8}$'),
	CONSTRAINT "posts_seal_shape" CHECK ("posts"."approved_seal" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "posts_armed_is_approved" CHECK ("posts"."status" not in ('scheduled', 'publishing') or ("posts"."account_id" is not null and "posts"."approved_seal" is not null and "posts"."scheduled_at" is not null and "posts"."alarm" > 0 and "posts"."alarm_at" is not null)),
	CONSTRAINT "posts_publishing_is_leased" CHECK (("posts"."status" = 'publishing') = ("posts"."lease_token" is not null)),
	CONSTRAINT "posts_lease_whole" CHECK (("posts"."lease_token" is null) = ("posts"."lease_until" is null)),
	CONSTRAINT "posts_published_has_time" CHECK (("posts"."status" = 'published') = ("posts"."published_at" is not null)),
	CONSTRAINT "posts_failed_has_reason" CHECK ("posts"."status" <> 'failed' or "posts"."failure" is not null)
);
--> statement-breakpoint
CREATE TABLE "rate_limits" (
	"account_id" uuid NOT NULL,
	"endpoint" text NOT NULL,
	"window" text NOT NULL,
	"limit" integer NOT NULL,
	"remaining" integer NOT NULL,
	"reset_at" timestamp with time zone NOT NULL,
	"seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "rate_limits_account_id_endpoint_window_pk" PRIMARY KEY("account_id","endpoint","window")
);
--> statement-breakpoint
CREATE TABLE "spend" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"account_id" uuid NOT NULL,
	"post_id" text,
	"attempt_id" uuid,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"item" text NOT NULL,
	"micro_usd" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tweets" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"post_id" text NOT NULL,
	"position" integer NOT NULL,
	"text" text NOT NULL,
	"state" "tweet_state" DEFAULT 'unsent' NOT NULL,
	"x_id" text,
	"sent_at" timestamp with time zone,
	"tries" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "tweets_order" UNIQUE("post_id","position"),
	CONSTRAINT "tweets_position_positive" CHECK ("tweets"."position" > 0),
	CONSTRAINT "tweets_out_has_x_id" CHECK (("tweets"."state" = 'unsent') = ("tweets"."x_id" is null)),
	CONSTRAINT "tweets_x_id_shape" CHECK ("tweets"."x_id" ~ '^[0-9]{1,19}$')
);
--> statement-breakpoint
CREATE TABLE "vault_keys" (
	"version" integer PRIMARY KEY NOT NULL,
	"fingerprint" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "vault_keys_fingerprint_unique" UNIQUE("fingerprint")
);
--> statement-breakpoint
ALTER TABLE "attempts" ADD CONSTRAINT "attempts_post_id_posts_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."posts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "events" ADD CONSTRAINT "events_post_id_posts_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."posts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "media" ADD CONSTRAINT "media_tweet_id_tweets_id_fk" FOREIGN KEY ("tweet_id") REFERENCES "public"."tweets"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "media_chunks" ADD CONSTRAINT "media_chunks_media_id_media_id_fk" FOREIGN KEY ("media_id") REFERENCES "public"."media"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "oauth_tokens" ADD CONSTRAINT "oauth_tokens_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "posts" ADD CONSTRAINT "posts_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rate_limits" ADD CONSTRAINT "rate_limits_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "spend" ADD CONSTRAINT "spend_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "spend" ADD CONSTRAINT "spend_post_id_posts_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."posts"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tweets" ADD CONSTRAINT "tweets_post_id_posts_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."posts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "accounts_x_user_id" ON "accounts" USING btree ("x_user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "accounts_one_default" ON "accounts" USING btree ("is_default") WHERE "accounts"."is_default";--> statement-breakpoint
CREATE INDEX "accounts_held" ON "accounts" USING btree ("held_until") WHERE "accounts"."hold_code" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "attempts_one_unresolved" ON "attempts" USING btree ("tweet_id") WHERE "attempts"."kind" = 'tweet' and "attempts"."outcome" in ('open', 'ambiguous');--> statement-breakpoint
CREATE UNIQUE INDEX "attempts_one_success" ON "attempts" USING btree ("tweet_id") WHERE "attempts"."kind" = 'tweet' and "attempts"."outcome" in ('sent', 'adopted');--> statement-breakpoint
CREATE INDEX "attempts_of_post" ON "attempts" USING btree ("post_id","started_at");--> statement-breakpoint
CREATE INDEX "events_of_post" ON "events" USING btree ("post_id","id");--> statement-breakpoint
CREATE INDEX "media_of_tweet" ON "media" USING btree ("tweet_id","position");--> statement-breakpoint
CREATE INDEX "posts_scheduled" ON "posts" USING btree ("alarm_at") WHERE "posts"."status" = 'scheduled';--> statement-breakpoint
CREATE INDEX "posts_publishing" ON "posts" USING btree ("lease_until") WHERE "posts"."status" = 'publishing';--> statement-breakpoint
CREATE INDEX "posts_failed" ON "posts" USING btree ("updated_at") WHERE "posts"."status" = 'failed';--> statement-breakpoint
CREATE UNIQUE INDEX "spend_once_per_attempt" ON "spend" USING btree ("attempt_id");--> statement-breakpoint
CREATE INDEX "spend_by_time" ON "spend" USING btree ("account_id","at");--> statement-breakpoint
CREATE UNIQUE INDEX "tweets_x_id" ON "tweets" USING btree ("x_id");