/** The command line, run as a user would type it. */
@org.jspecify.annotations.NullMarked
package io.waybill.app.cli;
