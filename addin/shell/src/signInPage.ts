// The page to which the sign-in pop-up returns: hands the answer to the pane and closes.
import { broadcastResponseToMainFrame } from '@azure/msal-browser/redirect-bridge';

void broadcastResponseToMainFrame();
