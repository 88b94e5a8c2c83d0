package io.waybill.channel.email;

import io.waybill.guard.EgressException;
import io.waybill.guard.EgressProxy;
import io.waybill.guard.Tunnel;
import jakarta.mail.Session;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** Dials judged addresses, and knows how the library is to treat what it is given then. */
final class Connector {
  private static final String[] TLS_VERSIONS = {"TLSv1.3", "TLSv1.2"};

  private final EmailSettings settings;
  private final SSLContext tls;
  private final Session encrypted;
  private final Session lenient;

  Connector(EmailSettings settings, SSLContext tls) {
    this.settings = settings;
    this.tls = tls;
    this.encrypted = session(true);
    this.lenient = session(false);
  }

  private Session session(boolean tlsRequired) {
    Properties properties = new Properties();
    properties.setProperty("mail.smtp.localhost", settings.domain());
    properties.setProperty("mail.smtp.starttls.enable", "true");
    properties.setProperty("mail.smtp.starttls.required", Boolean.toString(tlsRequired));
    properties.setProperty("mail.smtp.ssl.checkserveridentity", "true");
    properties.setProperty("mail.smtp.ssl.protocols", String.join(" ", TLS_VERSIONS));
    properties.put("mail.smtp.ssl.socketFactory", tls.getSocketFactory());
    // The others send hashes of the password that are as good as the password, or need more.
    properties.setProperty("mail.smtp.auth.mechanisms", "PLAIN LOGIN");
    properties.setProperty("mail.smtp.quitwait", "false");
    // Whoever asks java.util.logging for details gets them without who logs in.
    properties.setProperty("mail.debug.auth.username", "false");
    // The sockets come from here and have these already; said again for whoever reads them there.
    String millis = Long.toString(settings.readTimeout().toMillis());
    properties.setProperty("mail.smtp.timeout", millis);
    properties.setProperty("mail.smtp.writetimeout", millis);
    properties.setProperty(
        "mail.smtp.connectiontimeout", Long.toString(settings.connectTimeout().toMillis()));
    return Session.getInstance(properties);
  }

  /** How to speak with a host: with STARTTLS or not at all, unless the operator allows clear. */
  Session session(String host) {
    return settings.mayBeUnencrypted(host) ? lenient : encrypted;
  }

  /**
   * A connection to the first address that answers.
   *
   * @param host what the addresses belong to; never looked up
   * @param remaining what is left of the attempt's time
   * @param held takes each socket before it blocks, to close it from elsewhere
   * @throws IOException the last address's failure
   */
  Socket dial(
      String host,
      int port,
      List<InetAddress> addresses,
      Supplier<Duration> remaining,
      Consumer<Socket> held)
      throws IOException {
    IOException last = new ConnectException("no address");
    for (InetAddress address : addresses) {
      Socket socket = new AnswerLimit();
      held.accept(socket);
      try {
        // With its name, which the library asks the address for: without, that is a look-up.
        InetAddress named = InetAddress.getByAddress(host, address.getAddress());
        socket.setTcpNoDelay(true);
        socket.connect(
            new InetSocketAddress(named, port), millis(settings.connectTimeout(), remaining));
        socket.setSoTimeout(millis(settings.readTimeout(), remaining));
        return socket;
      } catch (IOException e) {
        last = e;
        socket.close();
      }
    }
    throw last;
  }

  /**
   * The same through the operator's proxy, which is asked for the addresses one after the other, or
   * for the name.
   *
   * @throws EgressException when the proxy lets none of them through
   */
  Socket dialThrough(
      EgressProxy proxy,
      List<InetAddress> proxyAddresses,
      String host,
      int port,
      List<InetAddress> addresses,
      Supplier<Duration> remaining,
      Consumer<Socket> held)
      throws IOException {
    IOException last = new ConnectException("no address");
    for (InetAddress address : addresses) {
      AnswerLimit socket = new AnswerLimit();
      held.accept(socket);
      try {
        socket.speaksTo(InetAddress.getByAddress(host, address.getAddress()));
        Tunnel.connect(
            socket,
            proxy,
            proxyAddresses,
            host,
            new InetSocketAddress(address, port),
            millis(settings.connectTimeout(), remaining));
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(millis(settings.readTimeout(), remaining));
        return socket;
      } catch (IOException e) {
        last = e;
        socket.close();
      }
    }
    throw last;
  }

  /**
   * TLS from the first byte.
   *
   * @throws IOException when there is none with a certificate for this host
   */
  Socket secured(Socket plain, String host, int port) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            tls.getSocketFactory().createSocket(plain, host.toLowerCase(Locale.ROOT), port, true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    parameters.setProtocols(TLS_VERSIONS);
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  /** How long a reply may take at most, in milliseconds. */
  int replyMillis(Supplier<Duration> remaining) {
    return millis(settings.readTimeout(), remaining);
  }

  private static int millis(Duration longest, Supplier<Duration> remaining) {
    Duration left = remaining.get();
    Duration shorter = left.compareTo(longest) < 0 ? left : longest;
    // Zero would mean for ever.
    return (int) Math.max(1, shorter.toMillis());
  }
}
