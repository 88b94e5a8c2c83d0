package io.waybill.channel.storage;

import io.waybill.domain.Reason;
import io.waybill.guard.AddressGuard;
import io.waybill.guard.EgressException;
import io.waybill.guard.Verdict;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.ParseException;

/**
 * What a broken exchange means. Exceptions' own messages are never used: some quote what the store
 * sent, and a store can send our credentials back. Those of a proxy and of a denied port are ours.
 */
final class Failures {
  private static final int MOST_CAUSES = 20;

  private Failures() {}

  record Failure(boolean forGood, Reason reason, String message) {}

  /**
   * What the exception means, or nothing when it can only be a bug of ours. The SDK wraps what its
   * client throws, so the causes are looked at, the innermost that says something first.
   */
  static Optional<Failure> of(Throwable thrown, String host) {
    return Stream.<Throwable>iterate(thrown, cause -> cause != null, Throwable::getCause)
        .limit(MOST_CAUSES)
        .filter(IOException.class::isInstance)
        .findFirst()
        .map(cause -> of((IOException) cause, host));
  }

  private static Failure of(IOException cause, String host) {
    return switch (cause) {
      case GuardedHttpClient.DeniedException denied -> denied(denied.denied(), host);
      case GuardedHttpClient.PortDeniedException denied ->
          new Failure(true, Reason.ADDRESS_DENIED, String.valueOf(denied.getMessage()));
      case EgressException egress ->
          transientFailure(Reason.EGRESS_UNAVAILABLE, String.valueOf(egress.getMessage()));
      case GuardedHttpClient.ErrorInSuccessException _ ->
          transientFailure(
              Reason.STORAGE_TRANSIENT,
              host + " answered with a status of success and an error in the body");
      case UnknownHostException _ ->
          transientFailure(
              Reason.DNS_FAILURE, host + " has no address, or no name server could tell");
      case InterruptedIOException _ ->
          transientFailure(Reason.TIMEOUT, host + " did not answer in time");
      case ConnectException _ ->
          transientFailure(Reason.CONNECTION_REFUSED, "nobody listens at " + host);
      case NoRouteToHostException _ ->
          transientFailure(Reason.CONNECTION_REFUSED, "nobody listens at " + host);
      case SSLException tls -> transientFailure(Reason.TLS_FAILURE, tlsMessage(tls, host));
      case NoHttpResponseException _ ->
          transientFailure(Reason.CONNECTION_LOST, "the connection to " + host + " broke");
      case IOException other when isProtocolError(other) ->
          transientFailure(Reason.PROTOCOL_ERROR, host + " did not answer in HTTP/1.1");
      default -> transientFailure(Reason.CONNECTION_LOST, "the connection to " + host + " broke");
    };
  }

  private static Failure denied(Verdict.Denied denied, String host) {
    if (AddressGuard.literal(host).isPresent()) {
      return new Failure(
          true,
          Reason.ADDRESS_DENIED,
          host
              + " is in "
              + denied.network()
              + " ("
              + denied.what()
              + "), where nothing is sent; the operator can allow networks with --allow-cidr");
    }
    // Which address it was would tell a tenant about networks that he cannot see. Names can come to
    // mean something else, so this one may be right tomorrow.
    return transientFailure(
        Reason.ADDRESS_DENIED,
        host
            + " has an address in a private or reserved network, where nothing is sent; the"
            + " operator can allow networks with --allow-cidr");
  }

  private static boolean isProtocolError(IOException cause) {
    return cause instanceof ClientProtocolException
        || cause instanceof MessageConstraintException
        || cause instanceof MalformedChunkCodingException
        || hasCause(cause, ParseException.class);
  }

  private static String tlsMessage(SSLException cause, String host) {
    if (hasCause(cause, CertificateExpiredException.class)) {
      return "the certificate of " + host + " has expired";
    }
    if (hasCause(cause, CertificateNotYetValidException.class)) {
      return "the certificate of " + host + " is not valid yet";
    }
    if (hasCause(cause, CertPathBuilderException.class)) {
      return "the certificate of " + host + " is not signed by an authority known to this JVM";
    }
    // What is left of a certificate's faults is its name, whoever of JVM and client compared it.
    if (cause instanceof SSLPeerUnverifiedException
        || hasCause(cause, CertificateException.class)) {
      return "the certificate of " + host + " is for another host";
    }
    return "no acceptable TLS connection (1.2 or 1.3) to " + host;
  }

  private static boolean hasCause(Throwable thrown, Class<? extends Throwable> type) {
    return Stream.<Throwable>iterate(thrown, cause -> cause != null, Throwable::getCause)
        .limit(MOST_CAUSES)
        .anyMatch(type::isInstance);
  }

  private static Failure transientFailure(Reason reason, String message) {
    return new Failure(false, reason, message);
  }
}
