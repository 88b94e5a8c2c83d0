package io.waybill.channel.webhook;

import io.waybill.domain.Reason;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.charset.CharacterCodingException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.ParseException;

/**
 * What a broken exchange means. Exceptions' own messages are never used: some quote what the
 * receiver sent, and a receiver can send our credentials back.
 */
final class Failures {
  private Failures() {}

  record Failure(Reason reason, String message) {}

  /**
   * What the exception means, or nothing when it can only be a bug of ours.
   *
   * @param ownAuthorities whether the destination says itself whom to trust
   */
  static Optional<Failure> of(
      Exception cause, String host, boolean sawInterimAnswer, boolean ownAuthorities) {
    if (cause instanceof UnknownHostException) {
      return failure(Reason.DNS_FAILURE, host + " has no address");
    }
    if (cause instanceof InterruptedIOException || cause instanceof TimeoutException) {
      return failure(Reason.TIMEOUT, host + " did not answer in time");
    }
    if (cause instanceof ConnectException || cause instanceof NoRouteToHostException) {
      return failure(Reason.CONNECTION_REFUSED, "nobody listens at " + host);
    }
    if (cause instanceof SSLException tls) {
      return failure(Reason.TLS_FAILURE, tlsMessage(tls, host, ownAuthorities));
    }
    if (isProtocolError(cause)) {
      return failure(Reason.PROTOCOL_ERROR, host + " did not answer in HTTP/1.1");
    }
    if (cause instanceof IOException) {
      return sawInterimAnswer
          ? failure(Reason.PROTOCOL_ERROR, host + " sent interim answers and then no answer")
          : failure(Reason.CONNECTION_LOST, "the connection to " + host + " broke");
    }
    return Optional.empty();
  }

  private static boolean isProtocolError(Exception cause) {
    return !(cause instanceof NoHttpResponseException)
        && (cause instanceof HttpException
            || cause instanceof ParseException
            || cause instanceof MessageConstraintException
            || cause instanceof MalformedChunkCodingException
            || cause instanceof CharacterCodingException);
  }

  private static String tlsMessage(SSLException cause, String host, boolean ownAuthorities) {
    if (hasCause(cause, CertificateExpiredException.class)) {
      return "the certificate of " + host + " has expired";
    }
    if (hasCause(cause, CertificateNotYetValidException.class)) {
      return "the certificate of " + host + " is not valid yet";
    }
    if (hasCause(cause, CertPathBuilderException.class)) {
      return "the certificate of "
          + host
          + " is not signed by an authority "
          + (ownAuthorities ? "in the destination's tls.ca" : "known to this JVM");
    }
    // What is left of a certificate's faults is its name, whoever of JVM and client compared it.
    if (cause instanceof SSLPeerUnverifiedException || isOfAnotherHost(cause)) {
      return "the certificate of " + host + " is for another host";
    }
    return "no acceptable TLS connection (1.2 or 1.3) to " + host;
  }

  /** The JDK says so by the bare class: whatever else it finds has one of its own. */
  private static boolean isOfAnotherHost(Throwable thrown) {
    return causes(thrown).anyMatch(cause -> cause.getClass() == CertificateException.class);
  }

  private static boolean hasCause(Throwable thrown, Class<? extends Throwable> type) {
    return causes(thrown).anyMatch(type::isInstance);
  }

  private static Stream<Throwable> causes(Throwable thrown) {
    // Chains are short; the limit is for one that bites its tail.
    return Stream.<Throwable>iterate(thrown, cause -> cause != null, Throwable::getCause).limit(20);
  }

  private static Optional<Failure> failure(Reason reason, String message) {
    return Optional.of(new Failure(reason, message));
  }
}
