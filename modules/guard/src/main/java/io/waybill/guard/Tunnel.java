package io.waybill.guard;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Goes out through the operator's proxy, with sockets that block. */
public final class Tunnel {
  private Tunnel() {}

  private static final int MAX_ANSWER = 16 * 1024;
  private static final Pattern STATUS =
      Pattern.compile("HTTP/1\\.[01] ([0-9]{3})(?: [^\r\n]*)?\r\n");

  /**
   * Connects a socket to the proxy and has it connect on. What is read and written afterwards is
   * between this side and the target.
   *
   * @param socket not connected; as it was given to whoever closes it to break off
   * @param addresses of the proxy
   * @param name of the target
   * @param judged its judged address and its port
   * @param timeoutMillis for the connection and, again, for each read of the proxy's answer
   * @throws EgressException when the proxy cannot be reached or does not let this out
   */
  public static void connect(
      Socket socket,
      EgressProxy proxy,
      List<InetAddress> addresses,
      String name,
      InetSocketAddress judged,
      int timeoutMillis)
      throws EgressException {
    if (addresses.isEmpty()) {
      throw new EgressException("the operator's egress proxy has no address now");
    }
    try {
      // Any of them, so that one that is down does not take all attempts with it.
      InetAddress one = addresses.get(ThreadLocalRandom.current().nextInt(addresses.size()));
      socket.connect(new InetSocketAddress(one, proxy.port()), timeoutMillis);
      int before = socket.getSoTimeout();
      socket.setSoTimeout(timeoutMillis);
      socket.getOutputStream().write(request(proxy, proxy.authority(name, judged)));
      int status = status(socket.getInputStream());
      if (status < 200 || status > 299) {
        throw EgressException.answered(status);
      }
      socket.setSoTimeout(before);
    } catch (EgressException e) {
      throw e;
    } catch (IOException e) {
      // Refused, broken or silent: nothing that it says of the destination.
      throw EgressException.unreachable();
    }
  }

  private static byte[] request(EgressProxy proxy, String authority) {
    String logIn =
        proxy.logIn().map(each -> "Proxy-Authorization: " + each.header() + "\r\n").orElse("");
    return ("CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n" + logIn + "\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  /** Byte by byte: what stands behind the head is the target's already. */
  private static int status(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int last = 0;
    while (last != 0x0d0a0d0a) {
      int next = in.read();
      if (next < 0) {
        throw EgressException.unreachable();
      }
      if (head.size() == MAX_ANSWER) {
        throw new EgressException("the operator's egress proxy does not answer in HTTP");
      }
      head.write(next);
      last = last << 8 | next;
    }
    Matcher status = STATUS.matcher(head.toString(StandardCharsets.ISO_8859_1));
    if (!status.lookingAt()) {
      throw new EgressException("the operator's egress proxy does not answer in HTTP");
    }
    return Integer.parseInt(status.group(1));
  }
}
