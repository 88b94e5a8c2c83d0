package io.waybill.channel.email;

import io.waybill.domain.EmailRules;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How the email channel uses its machine, and what its operator allows.
 *
 * @param domain how Waybill calls itself at mail servers ({@code EHLO}); a host name that leads to
 *     this machine, or some servers refuse it
 * @param allowUnencrypted hosts, exactly as destinations name them, where TLS may be missing and
 *     credentials and mails then travel in clear; never a tenant's choice
 * @param connectTimeout for each address of a host, so that a second address gets a chance
 * @param readTimeout for each reply; the destination's own timeout is over all of an attempt
 * @param maxIdlePerDestination how many connections to its mail server a destination keeps for its
 *     next mails
 * @param maxIdle the same of all destinations together
 * @param idleTime how long such a connection is kept
 * @param sesEndpoint called instead of Amazon's: a URL without a path; may be http
 * @param sendGridEndpoint called instead of SendGrid's, likewise
 */
public record EmailSettings(
    String domain,
    Set<String> allowUnencrypted,
    Duration connectTimeout,
    Duration readTimeout,
    int maxIdlePerDestination,
    int maxIdle,
    Duration idleTime,
    Optional<URI> sesEndpoint,
    Optional<URI> sendGridEndpoint) {

  private static final int USUAL_IDLE_PER_DESTINATION = 5;
  private static final int USUAL_IDLE = 200;

  /** Shorter than servers wait, so that it is this side that closes. */
  private static final Duration USUAL_IDLE_TIME = Duration.ofSeconds(10);

  public EmailSettings {
    sesEndpoint.ifPresent(url -> requireEndpoint("sesEndpoint", url));
    sendGridEndpoint.ifPresent(url -> requireEndpoint("sendGridEndpoint", url));
    if (!EmailRules.checkHost(domain).isEmpty()) {
      throw new IllegalArgumentException("domain must be a host name like mail.example.com");
    }
    for (String host : allowUnencrypted) {
      if (!EmailRules.checkHost(host).isEmpty()) {
        throw new IllegalArgumentException(
            "allowUnencrypted must hold host names like relay.internal.example, no ports and no"
                + " patterns");
      }
    }
    allowUnencrypted =
        allowUnencrypted.stream()
            .map(host -> host.toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());
  }

  /** What fits most installations: nothing in clear. */
  public static EmailSettings defaults(String domain) {
    return new EmailSettings(
        domain,
        Set.of(),
        Duration.ofSeconds(10),
        Duration.ofSeconds(60),
        USUAL_IDLE_PER_DESTINATION,
        USUAL_IDLE,
        USUAL_IDLE_TIME,
        Optional.empty(),
        Optional.empty());
  }

  /** The same, with hosts where TLS may be missing. */
  public EmailSettings allowingUnencrypted(Set<String> hosts) {
    return new EmailSettings(
        domain,
        hosts,
        connectTimeout,
        readTimeout,
        maxIdlePerDestination,
        maxIdle,
        idleTime,
        sesEndpoint,
        sendGridEndpoint);
  }

  /** The same, with services that are elsewhere than their providers say. */
  public EmailSettings callingInstead(Optional<URI> ses, Optional<URI> sendGrid) {
    return new EmailSettings(
        domain,
        allowUnencrypted,
        connectTimeout,
        readTimeout,
        maxIdlePerDestination,
        maxIdle,
        idleTime,
        ses,
        sendGrid);
  }

  /** The same, with connections that are kept so long and no longer. */
  EmailSettings keepingIdle(int perDestination, Duration time) {
    return new EmailSettings(
        domain,
        allowUnencrypted,
        connectTimeout,
        readTimeout,
        perDestination,
        maxIdle,
        time,
        sesEndpoint,
        sendGridEndpoint);
  }

  /** Whether it can be called: http or https, a host, and nothing behind the port. */
  public static boolean isEndpoint(URI url) {
    String scheme = url.getScheme();
    return scheme != null
        && (scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https"))
        && url.getHost() != null
        && url.getRawUserInfo() == null
        && url.getRawQuery() == null
        && url.getRawFragment() == null
        && (url.getRawPath().isEmpty() || url.getRawPath().equals("/"));
  }

  private static void requireEndpoint(String name, URI url) {
    if (!isEndpoint(url)) {
      throw new IllegalArgumentException(
          name + " must be a URL like https://mail.internal.example, without path and user");
    }
  }

  boolean mayBeUnencrypted(String host) {
    return allowUnencrypted.contains(host.toLowerCase(Locale.ROOT));
  }
}
