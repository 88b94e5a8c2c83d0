package io.waybill.app;

import io.waybill.channel.storage.PlatformCredentials;
import io.waybill.domain.RetryPolicy;
import io.waybill.guard.EgressProxy;
import io.waybill.sender.BreakerPolicy;
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
 */
public record Sending(
    RetryPolicy retry,
    BreakerPolicy circuitBreaker,
    Set<String> unencryptedSmtp,
    PlatformCredentials platformCredentials,
    Optional<EgressProxy> egressProxy,
    Set<Integer> allowedPorts,
    Optional<Path> payloadKeys) {

  public Sending {
    unencryptedSmtp = Set.copyOf(unencryptedSmtp);
    allowedPorts = Set.copyOf(allowedPorts);
  }

  /** Without a proxy, without ports and without keys of sealed payloads. */
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
        Optional.empty());
  }

  /** What holds when nothing is said. */
  public static Sending defaults() {
    return new Sending(
        RetryPolicy.defaults(), BreakerPolicy.defaults(), Set.of(), PlatformCredentials.none());
  }

  /** The same with mail servers where TLS may be missing. */
  public Sending allowingUnencryptedSmtp(Set<String> hosts) {
    return new Sending(
        retry, circuitBreaker, hosts, platformCredentials, egressProxy, allowedPorts, payloadKeys);
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
        Optional.of(file));
  }
}
