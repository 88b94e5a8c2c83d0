package io.waybill.app;

import io.waybill.channel.storage.PlatformCredentials;
import io.waybill.domain.RetryPolicy;
import io.waybill.guard.EgressProxy;
import io.waybill.sender.BreakerPolicy;
import io.waybill.sender.SenderLimits;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * What the operator says about sending.
 *
 * @param retry for destinations without a {@code retryConfig} of their own
 * @param circuitBreaker of each destination
 * @param unencryptedSmtp mail servers, as destinations name them, where TLS may be missing
 * @param platformCredentials the operator's own, for storage destinations without any
 * @param egressProxy that every connection to a destination goes through
 * @param allowedPorts that receivers may have although the address guard denies them
 * @param payloadKeys the file of the keys that sealed payloads are opened with, if there is one
 * @param limits of each sender of the process
 * @param mailEndpoints where mail services are, if not where their providers say
 */
public record Sending(
    RetryPolicy retry,
    BreakerPolicy circuitBreaker,
    Set<String> unencryptedSmtp,
    PlatformCredentials platformCredentials,
    Optional<EgressProxy> egressProxy,
    Set<Integer> allowedPorts,
    Optional<Path> payloadKeys,
    SenderLimits limits,
    MailEndpoints mailEndpoints) {

  /**
   * Mail services that are called elsewhere: relays of the operator's, or what a test stands up.
   *
   * @param ses instead of Amazon's, a URL without a path
   * @param sendGrid instead of SendGrid's
   */
  public record MailEndpoints(Optional<URI> ses, Optional<URI> sendGrid) {
    /** All are where their providers say. */
    public static MailEndpoints none() {
      return new MailEndpoints(Optional.empty(), Optional.empty());
    }
  }

  public Sending {
    unencryptedSmtp = Set.copyOf(unencryptedSmtp);
    allowedPorts = Set.copyOf(allowedPorts);
  }

  /** Without a proxy, ports and keys of sealed payloads, and with the usual limits. */
  public Sending(
      RetryPolicy retry,
      BreakerPolicy circuitBreaker,
      Set<String> unencryptedSmtp,
      PlatformCredentials platformCredentials) {
    this(
        retry,
        circuitBreaker,
        unencryptedSmtp,
        platformCredentials,
        Optional.empty(),
        Set.of(),
        Optional.empty(),
        SenderLimits.defaults(),
        MailEndpoints.none());
  }

  /** What holds when nothing is said. */
  public static Sending defaults() {
    return new Sending(
        RetryPolicy.defaults(), BreakerPolicy.defaults(), Set.of(), PlatformCredentials.none());
  }

  /** The same with mail servers where TLS may be missing. */
  public Sending allowingUnencryptedSmtp(Set<String> hosts) {
    return new Sending(
        retry,
        circuitBreaker,
        hosts,
        platformCredentials,
        egressProxy,
        allowedPorts,
        payloadKeys,
        limits,
        mailEndpoints);
  }

  /** The same with mail services that are elsewhere. */
  public Sending callingInstead(MailEndpoints endpoints) {
    return new Sending(
        retry,
        circuitBreaker,
        unencryptedSmtp,
        platformCredentials,
        egressProxy,
        allowedPorts,
        payloadKeys,
        limits,
        endpoints);
  }

  /** The same with the keys of sealed payloads. */
  public Sending withPayloadKeys(Path file) {
    return new Sending(
        retry,
        circuitBreaker,
        unencryptedSmtp,
        platformCredentials,
        egressProxy,
        allowedPorts,
        Optional.of(file),
        limits,
        mailEndpoints);
  }
}
