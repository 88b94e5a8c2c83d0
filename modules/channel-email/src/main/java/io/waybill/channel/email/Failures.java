package io.waybill.channel.email;

import io.waybill.domain.Reason;
import io.waybill.guard.EgressException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

/**
 * What a broken connection means. Exceptions' own messages are never used: the library's quote what
 * the server sent, and a server can send our credentials back.
 */
final class Failures {
  private Failures() {}

  /** What the exception means, or nothing when no connection broke. */
  static Optional<Failure> of(Throwable cause, String host) {
    Optional<EgressException> egress = find(cause, EgressException.class);
    if (egress.isPresent()) {
      return failure(Reason.EGRESS_UNAVAILABLE, String.valueOf(egress.get().getMessage()));
    }
    if (find(cause, AnswerLimit.Exceeded.class).isPresent()) {
      return failure(Reason.PROTOCOL_ERROR, host + " says more than an answer needs");
    }
    Optional<SSLException> tls = find(cause, SSLException.class);
    if (tls.isPresent()) {
      return failure(Reason.TLS_FAILURE, tlsMessage(tls.get(), host));
    }
    if (find(cause, SocketTimeoutException.class).isPresent()) {
      return failure(Reason.TIMEOUT, host + " did not answer in time");
    }
    if (find(cause, ConnectException.class).isPresent()
        || find(cause, NoRouteToHostException.class).isPresent()) {
      return failure(Reason.CONNECTION_REFUSED, "nobody listens at " + host);
    }
    return find(cause, IOException.class).isPresent()
        ? failure(Reason.CONNECTION_LOST, "the connection to " + host + " broke")
        : Optional.empty();
  }

  private static String tlsMessage(SSLException cause, String host) {
    if (find(cause, CertificateExpiredException.class).isPresent()) {
      return "the certificate of " + host + " has expired";
    }
    if (find(cause, CertificateNotYetValidException.class).isPresent()) {
      return "the certificate of " + host + " is not valid yet";
    }
    if (find(cause, CertPathBuilderException.class).isPresent()) {
      return "the certificate of " + host + " is not signed by an authority known to this JVM";
    }
    if (cause instanceof SSLHandshakeException
        && find(cause, CertificateException.class).isPresent()) {
      return "the certificate of " + host + " is for another host";
    }
    return "no acceptable TLS connection (1.2 or 1.3) to " + host;
  }

  private static <T> Optional<T> find(Throwable thrown, Class<T> type) {
    // Chains are short; the limit is for one that bites its tail.
    return Stream.<Throwable>iterate(thrown, cause -> cause != null, Throwable::getCause)
        .limit(20)
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst();
  }

  private static Optional<Failure> failure(Reason reason, String message) {
    return Optional.of(new Failure(reason, message));
  }
}
