package io.waybill.sender;

import io.waybill.domain.DestinationType;
import io.waybill.domain.RetryPolicy;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What one sender is told.
 *
 * @param type the destination type that it sends
 * @param instanceId tells this process from all others of the installation and stays the same over
 *     restarts; two live processes with one id would fence each other for ever. 1 to 64 characters
 *     of {@code A-Z a-z 0-9 . _ -}
 * @param kafka client properties: {@code bootstrap.servers} and whatever security needs; what the
 *     sender's promises rest on cannot be changed by them
 * @param retryDefaults for destinations without a policy of their own
 * @param breaker of each destination
 * @param startWithin how long {@link Sender#start} waits for Kafka
 */
public record SenderConfig(
    DestinationType type,
    String instanceId,
    Map<String, String> kafka,
    SenderLimits limits,
    RetryPolicy retryDefaults,
    BreakerPolicy breaker,
    Duration startWithin) {
  /**
   * Most characters that a sender writes beside an offset; brokers must take as many ({@code
   * offset.metadata.max.bytes}).
   */
  public static final int LONGEST_COMMIT_METADATA = CommitNote.LONGEST;

  private static final Pattern INSTANCE = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  public SenderConfig {
    if (!INSTANCE.matcher(instanceId).matches()) {
      throw new IllegalArgumentException(
          "instanceId must be 1 to 64 characters of A-Z a-z 0-9 . _ -");
    }
    if (!kafka.containsKey("bootstrap.servers")) {
      throw new IllegalArgumentException("kafka must contain bootstrap.servers");
    }
    kafka = Map.copyOf(kafka);
  }

  /** The defaults for everything that has one. */
  public SenderConfig(DestinationType type, String instanceId, Map<String, String> kafka) {
    this(
        type,
        instanceId,
        kafka,
        SenderLimits.defaults(),
        RetryPolicy.defaults(),
        BreakerPolicy.defaults(),
        Duration.ofSeconds(60));
  }

  /**
   * The same with other policies.
   *
   * @param retry for destinations without a policy of their own
   */
  public SenderConfig withPolicies(RetryPolicy retry, BreakerPolicy newBreaker) {
    return new SenderConfig(type, instanceId, kafka, limits, retry, newBreaker, startWithin);
  }

  /** The same with other limits. */
  public SenderConfig withLimits(SenderLimits newLimits) {
    return new SenderConfig(
        type, instanceId, kafka, newLimits, retryDefaults, breaker, startWithin);
  }

  /** The consumer group of all senders of a type: {@code waybill.sender.webhook}. */
  public static String groupId(DestinationType type) {
    return "waybill.sender." + type.word();
  }

  /** The transactional id of one sender: {@code waybill.sender.webhook.<instance>}. */
  public static String transactionalId(DestinationType type, String instanceId) {
    return groupId(type) + "." + instanceId;
  }

  /** Of the client's properties the names only: their values hold passwords. */
  @Override
  public String toString() {
    return "SenderConfig[%s, %s, kafka=%s, %s, %s, %s]"
        .formatted(type.word(), instanceId, kafka.keySet(), limits, retryDefaults, breaker);
  }
}
