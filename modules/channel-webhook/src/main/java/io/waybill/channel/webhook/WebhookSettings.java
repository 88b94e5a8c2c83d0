package io.waybill.channel.webhook;

import java.time.Duration;

/**
 * How the webhook channel uses its machine.
 *
 * @param userAgent what receivers see as {@code User-Agent}, unless their headers say otherwise
 * @param ioThreads threads that do all input and output
 * @param maxConnections per receiver; the sender's limits on attempts under way come first
 * @param connectTimeout for each address of a host, so that a second address gets a chance
 * @param keepAlive how long an idle connection is kept when the receiver says nothing
 * @param timeToLive a connection's age at which it is given up, so that a moved name is noticed
 */
public record WebhookSettings(
    String userAgent,
    int ioThreads,
    int maxConnections,
    Duration connectTimeout,
    Duration keepAlive,
    Duration timeToLive) {

  public WebhookSettings {
    if (ioThreads < 1 || maxConnections < 1) {
      throw new IllegalArgumentException("ioThreads and maxConnections must be at least 1");
    }
  }

  /** What fits most installations. */
  public static WebhookSettings defaults(String version) {
    return new WebhookSettings(
        "Waybill/" + version,
        2,
        10_000,
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofMinutes(5));
  }

  /** The same with so many threads. */
  WebhookSettings withIoThreads(int threads) {
    return new WebhookSettings(
        userAgent, threads, maxConnections, connectTimeout, keepAlive, timeToLive);
  }
}
