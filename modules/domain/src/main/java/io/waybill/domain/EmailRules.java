package io.waybill.domain;

import java.util.ArrayList;
import java.util.List;

/**
 * What an email destination must look like, in one place: asked by the SDK before it publishes, by
 * the topology that owns destinations, and by the channel before each attempt.
 *
 * <p>Every method names all that is wrong, not the first thing, and repeats no address.
 */
public final class EmailRules {
  private EmailRules() {}

  /** Most recipients of one destination. */
  public static final int MAX_RECIPIENTS = 50;

  private static final String SECTION = "config.email";

  /** All that is wrong with a configuration, credentials excepted. */
  public static List<FieldError> checkConfig(EmailConfig config) {
    List<FieldError> errors = new ArrayList<>();
    if (config.smtp().port() < 1 || config.smtp().port() > 65535) {
      errors.add(
          new FieldError(
              SECTION + ".smtpConfig.port", DestinationRules.OUT_OF_RANGE, "must be 1 to 65535"));
    }
    int recipients = config.recipients().size();
    if (recipients < 1 || recipients > MAX_RECIPIENTS) {
      errors.add(
          new FieldError(
              SECTION + ".recipients",
              recipients < 1 ? DestinationRules.REQUIRED : DestinationRules.TOO_MANY,
              "must be 1 to " + MAX_RECIPIENTS));
    }
    errors.addAll(DestinationRules.checkTimeout(SECTION, config.timeout()));
    config.retry().ifPresent(retry -> errors.addAll(DestinationRules.checkRetry(SECTION, retry)));
    return List.copyOf(errors);
  }
}
