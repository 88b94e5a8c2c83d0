package io.waybill.fanout;

import io.waybill.domain.RawBytes;
import io.waybill.domain.RecordOrigin;
import io.waybill.wire.TraceHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * What a request carries along when it is passed on to another partition: headers of the rekeyed
 * topic, all plain text. Whoever reads them trusts nothing: a header that cannot have been written
 * here makes the record a dead letter.
 */
final class RekeyHeaders {
  static final String ORIGIN_PARTITION = "waybill-origin-partition";
  static final String ORIGIN_OFFSET = "waybill-origin-offset";
  static final String ORIGIN_TOPIC = "waybill-origin-topic";
  static final String CREATED_AT = "waybill-created-at";
  static final String CLAIM = "waybill-claim";
  static final String GRACE_END = "waybill-grace-end";

  private RekeyHeaders() {}

  /** The headers are not what fan-out writes. */
  static final class Forged extends Exception {
    private static final long serialVersionUID = 1L;

    Forged(String message) {
      super(message);
    }
  }

  static Headers write(Arrival arrival) {
    Headers headers = new RecordHeaders();
    add(headers, ORIGIN_TOPIC, arrival.origin().topic());
    add(headers, ORIGIN_PARTITION, Integer.toString(arrival.origin().partition()));
    add(headers, ORIGIN_OFFSET, Long.toString(arrival.origin().offset()));
    add(headers, CREATED_AT, Long.toString(arrival.createdAt().toEpochMilli()));
    arrival.sentFor().ifPresent(claim -> add(headers, CLAIM, claim.word()));
    TraceHeaders.write(headers, arrival.trace());
    arrival.graceEnd().ifPresent(end -> add(headers, GRACE_END, Long.toString(end.toEpochMilli())));
    return headers;
  }

  static Arrival read(
      Headers headers, Optional<RawBytes> key, RawBytes value, FanOutConfig config, Instant now)
      throws Forged {
    String topic = text(headers, ORIGIN_TOPIC);
    long partition = number(headers, ORIGIN_PARTITION);
    long offset = number(headers, ORIGIN_OFFSET);
    // A topic that is read no more is none that is forged: what came from it ends as rejected.
    if (!RequestTopics.canBe(topic) || partition >= config.partitions()) {
      throw new Forged("its origin headers name no record of a request topic");
    }
    ClaimKind claim =
        ClaimKind.parse(text(headers, CLAIM))
            .orElseThrow(() -> new Forged("header " + CLAIM + " is none of its words"));
    Instant latestGrace = now.plus(config.grace());
    Optional<Instant> graceEnd =
        headers.lastHeader(GRACE_END) == null
            ? Optional.empty()
            : Optional.of(
                Instant.ofEpochMilli(
                    Math.min(number(headers, GRACE_END), latestGrace.toEpochMilli())));
    return new Arrival(
        new RecordOrigin(topic, (int) partition, offset),
        key,
        value,
        RecordTimes.clamp(number(headers, CREATED_AT), now),
        Optional.of(claim),
        graceEnd,
        TraceHeaders.read(headers));
  }

  private static void add(Headers headers, String name, String value) {
    headers.add(name, value.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(Headers headers, String name) throws Forged {
    Header header = headers.lastHeader(name);
    if (header == null || header.value() == null || header.value().length > 255) {
      throw new Forged("header " + name + " is missing or too long");
    }
    return new String(header.value(), StandardCharsets.UTF_8);
  }

  private static long number(Headers headers, String name) throws Forged {
    String text = text(headers, name);
    try {
      long number = Long.parseLong(text);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // The same answer as for a negative number.
    }
    throw new Forged("header " + name + " is not a whole number from 0");
  }
}
