package io.waybill.channel.email;

import io.waybill.domain.EmailRules;
import java.time.Duration;
import java.util.Locale;
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
 */
public record EmailSettings(
    String domain, Set<String> allowUnencrypted, Duration connectTimeout, Duration readTimeout) {

  public EmailSettings {
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
    return new EmailSettings(domain, Set.of(), Duration.ofSeconds(10), Duration.ofSeconds(60));
  }

  /** The same, with hosts where TLS may be missing. */
  public EmailSettings allowingUnencrypted(Set<String> hosts) {
    return new EmailSettings(domain, hosts, connectTimeout, readTimeout);
  }

  boolean mayBeUnencrypted(String host) {
    return allowUnencrypted.contains(host.toLowerCase(Locale.ROOT));
  }
}
