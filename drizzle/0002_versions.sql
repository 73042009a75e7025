CREATE TABLE "versions" (
	"post_id" text NOT NULL,
	"n" integer NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"how" text NOT NULL,
	"numbered" boolean NOT NULL,
	"tweets" jsonb NOT NULL,
	"seal" text,
	CONSTRAINT "versions_post_id_n_pk" PRIMARY KEY("post_id","n"),
	CONSTRAINT "versions_from_one" CHECK ("versions"."n" > 0),
	CONSTRAINT "versions_seal_shape" CHECK ("versions"."seal" ~ '^[0-9a-f]{64}$')
);
--> statement-breakpoint
ALTER TABLE "media" DROP CONSTRAINT "media_tweet_id_tweets_id_fk";
--> statement-breakpoint
ALTER TABLE "media" ALTER COLUMN "tweet_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "media" ADD COLUMN "post_id" text;--> statement-breakpoint
ALTER TABLE "versions" ADD CONSTRAINT "versions_post_id_posts_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."posts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "media" ADD CONSTRAINT "media_post_id_posts_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."posts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "media" ADD CONSTRAINT "media_tweet_id_tweets_id_fk" FOREIGN KEY ("tweet_id") REFERENCES "public"."tweets"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "media_of_post" ON "media" USING btree ("post_id");--> statement-breakpoint
ALTER TABLE "media" ADD CONSTRAINT "media_belongs" CHECK ("media"."tweet_id" is not null or "media"."post_id" is not null);--> statement-breakpoint
UPDATE "media" SET "post_id" = t."post_id" FROM "tweets" t WHERE t."id" = "media"."tweet_id";--> statement-breakpoint
-- What every post is at this moment is the first version that is known of it.
INSERT INTO "versions" ("post_id", "n", "at", "how", "numbered", "tweets")
SELECT p."id", 1, p."updated_at", 'known', p."numbered", coalesce((
	SELECT jsonb_agg(jsonb_build_object('id', t."id", 'text', t."text", 'images', coalesce((
		SELECT jsonb_agg(jsonb_build_object('id', m."id", 'alt', m."alt") ORDER BY m."position")
		FROM "media" m WHERE m."tweet_id" = t."id"), '[]')) ORDER BY t."position")
	FROM "tweets" t WHERE t."post_id" = p."id"), '[]')
FROM "posts" p;
