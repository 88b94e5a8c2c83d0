package io.waybill.app;

import io.waybill.channel.email.EmailSettings;
import io.waybill.channel.storage.PlatformCredentials;
import io.waybill.domain.DestinationRules;
import io.waybill.domain.EmailRules;
import io.waybill.domain.RetryPolicy;
import io.waybill.sender.BreakerPolicy;
import io.waybill.sender.SenderLimits;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** The sections about sending: retries, breakers, limits, and what the operator allows. */
final class SendingSection {
  private static final int MOST_PORT = 65535;
  private static final Set<String> RETRY_KEYS =
      Set.of("maxAttempts", "baseDelay", "maxDelay", "jitterFactor");

  private static final Set<String> EMAIL_KEYS =
      Set.of("allowUnencrypted", "sesEndpoint", "sendGridEndpoint");
  private static final Set<String> STORAGE_KEYS = Set.of("platformCredentials", "localRoots");
  private static final Set<String> GRANT_KEYS =
      Set.of("organizationId", "bucket", "endpoint", "prefix", "credentialsFile", "roleArn");
  private static final Set<String> ROOT_KEYS = Set.of("organizationId", "name", "folder", "prefix");
  private static final Set<String> BREAKER_KEYS = Set.of("failureThreshold", "resetTimeout");

  private final ConfigReading reading;
  private final ConfigSection root;

  SendingSection(ConfigReading reading, ConfigSection root) {
    this.reading = reading;
    this.root = root;
  }

  /** Goes on after problems, so that all of them are found. */
  Sending read(Optional<Path> payloadKeys) {
    if (!root.has("egressProxy")) {
      root.note("egressProxy", "none");
    }
    Mail mail = attempt("email", this::mail, new Mail(Set.of(), Sending.MailEndpoints.none()));
    return new Sending(
        attempt("retry", this::retry, RetryPolicy.defaults()),
        attempt("circuitBreaker", this::circuitBreaker, BreakerPolicy.defaults()),
        mail.unencryptedSmtp(),
        attempt("storage", this::platformCredentials, PlatformCredentials.none()),
        attempt(
            "egressProxy",
            () -> root.section("egressProxy", EgressSection.KEYS).map(EgressSection::read),
            Optional.empty()),
        root.numbers("allowPorts", 1, MOST_PORT),
        payloadKeys,
        attempt(
            "sender",
            () -> SenderSection.read(root.sectionOrEmpty("sender", SenderSection.KEYS)),
            SenderLimits.defaults()),
        mail.endpoints());
  }

  private record Mail(Set<String> unencryptedSmtp, Sending.MailEndpoints endpoints) {}

  private Mail mail() {
    ConfigSection section = root.sectionOrEmpty("email", EMAIL_KEYS);
    return new Mail(
        unencryptedSmtp(section),
        new Sending.MailEndpoints(
            endpoint(section, "sesEndpoint"), endpoint(section, "sendGridEndpoint")));
  }

  private static Optional<URI> endpoint(ConfigSection section, String key) {
    if (!section.has(key)) {
      section.note(key, "the provider's");
      return Optional.empty();
    }
    try {
      URI url = new URI(section.text(key));
      if (EmailSettings.isEndpoint(url)) {
        return Optional.of(url);
      }
    } catch (URISyntaxException e) {
      // Said below, without what the exception would repeat.
    }
    throw section.wrong(
        key, "must be a URL like https://mail.internal.example, without path and user");
  }

  private <T> T attempt(String key, Supplier<T> part, T instead) {
    return reading.attempt(key, part, instead);
  }

  private RetryPolicy retry() {
    return retry(root.sectionOrEmpty("retry", RETRY_KEYS), RetryPolicy.defaults());
  }

  private BreakerPolicy circuitBreaker() {
    BreakerPolicy usual = BreakerPolicy.defaults();
    ConfigSection section = root.sectionOrEmpty("circuitBreaker", BREAKER_KEYS);
    return new BreakerPolicy(
        section.number(
            "failureThreshold", usual.failureThreshold(), 1, BreakerPolicy.HIGHEST_THRESHOLD),
        section.millis(
            "resetTimeout",
            usual.resetTimeout(),
            BreakerPolicy.SHORTEST_RESET,
            BreakerPolicy.LONGEST_RESET));
  }

  private static Set<String> unencryptedSmtp(ConfigSection section) {
    List<String> hosts = section.texts("allowUnencrypted");
    // A pattern or a port would allow nothing, and nobody would know before the first mail.
    if (!hosts.stream().allMatch(host -> EmailRules.checkHost(host).isEmpty())) {
      throw section.wrong(
          "allowUnencrypted",
          "must hold host names like relay.internal.example, as destinations write them, without"
              + " ports and patterns");
    }
    return Set.copyOf(hosts);
  }

  private PlatformCredentials platformCredentials() {
    ConfigSection storage = root.sectionOrEmpty("storage", STORAGE_KEYS);
    return new PlatformCredentials(
        storage.each("platformCredentials", GRANT_KEYS, GrantSection::read),
        storage.each("localRoots", ROOT_KEYS, GrantSection::readRoot));
  }

  private static RetryPolicy retry(ConfigSection section, RetryPolicy usual) {
    Duration longest =
        section.millis(
            "maxDelay", usual.maxDelay(), DestinationRules.MIN_DELAY, DestinationRules.MAX_DELAY);
    // A base that was not asked for must not make a short maximum wrong.
    Duration base =
        usual.baseDelay().compareTo(longest) > 0 && !section.has("baseDelay")
            ? section.noted("baseDelay", longest)
            : section.millis(
                "baseDelay",
                usual.baseDelay(),
                DestinationRules.MIN_DELAY,
                DestinationRules.MAX_DELAY);
    if (base.compareTo(longest) > 0) {
      throw section.wrong("maxDelay", "must not be shorter than retry.baseDelay");
    }
    return new RetryPolicy(
        section.number("maxAttempts", usual.maxAttempts(), 1, DestinationRules.MAX_RETRIES + 1),
        base,
        usual.multiplier(),
        longest,
        section.share("jitterFactor", usual.jitterFactor()),
        usual.maxAge());
  }
}
